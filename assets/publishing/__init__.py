"""An edition made: its lines counted once, its folder built aside, marked copies, locks, exports, the events of its findings."""
