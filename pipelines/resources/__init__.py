"""Everything that touches the outside world: inbox, store, outbox, database, frames. No rule of the field belongs here."""
