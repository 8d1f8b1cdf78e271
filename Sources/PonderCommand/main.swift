print("ponder")
