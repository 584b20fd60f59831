"""What an editor shows of a network while it is written; places are in characters, and no protocol is known here."""
