"""A job's life as one pure machine: `step(flight, fact, now, rules) -> (flight, actions)`."""

from .flight import Cargo, Flight, Stage, taken_up
from .rules import RULES, Moment, Rules
from .step import begin, step

__all__ = ["RULES", "Cargo", "Flight", "Moment", "Rules", "Stage", "begin", "step", "taken_up"]
