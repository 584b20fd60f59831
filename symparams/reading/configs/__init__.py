"""Configs in which Keras stores its models: JSON of Keras 1 to 3, YAML of Keras 1, and `.keras` archives."""
