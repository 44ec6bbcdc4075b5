"""A tool's page (`page`) and what brings it to life (`view`): files in, settings in and out, the stage."""
