"""Networks that an exercise tells in words or in the short forms of lectures: text -> statements of the language."""
