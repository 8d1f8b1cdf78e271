// Begins with its first noun.
