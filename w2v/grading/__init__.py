"""The instructor's side of the course; needs the extra `instructor`."""
