"""Numbers of networks as pictures: bars for their layers, curves against a letter."""
