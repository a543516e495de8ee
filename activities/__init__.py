"""What an order's workflow may ask of the world: one class a collaborator, one request in, one result out."""
