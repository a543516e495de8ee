"""An after-sale's life, decided purely: what a case remembers, what comes next, what people may ask of it."""
