"""A carrier platform that speaks Kuaidi100."""
