"""The appendix of a book or paper: notation, each rule once, what every network has, exercises with solutions."""
