"""Everything that knows Temporal outside the workflows: client, codec, mailbox, worker."""
