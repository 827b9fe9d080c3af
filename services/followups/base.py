"""The base of every table of followups."""

from shared.db import base


class Base(base.Base):
    __abstract__ = True
    metadata = base.new_metadata()
