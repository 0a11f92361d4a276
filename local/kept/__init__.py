"""The folder of a world that is kept: one owner, one database, objects as files."""
