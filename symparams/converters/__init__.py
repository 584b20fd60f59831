"""Ways back out: a network as the language, as code of a framework, or as a graph to draw."""
