"""Questions about whole networks: how two compare, and which values meet a target."""
