"""What buyers put into their baskets."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random

from simulator.draft import Draft, DraftLine
from simulator.people import a_person, a_remark
from simulator.wms.catalogue import EVERYWHERE, EXPENSIVE, ONLY_GUANGZHOU, ONLY_HANGZHOU, SOLD_OUT, Article

SHIPPING_FEN = (0, 0, 0, 800, 1000)


class Assortment:
    """Knows every article and makes baskets of them."""

    def __init__(self, articles: Iterable[Article]) -> None:
        """Know the articles."""
        self._articles: Mapping[str, Article] = {article.sku: article for article in articles}
        self._places = {sku: place for place, sku in enumerate(self._articles, start=1)}

    def line(self, sku: str, quantity: int, price_fen: int | None = None) -> DraftLine:
        """Write one line; an unknown SKU is its own name and costs ten yuan."""
        article = self._articles.get(sku) or Article(sku, sku, 1000, ())
        price = article.price_fen if price_fen is None else price_fen
        return DraftLine(sku, article.name, quantity, price, self._places.get(sku, 0))

    def draft(self, random: Random, lines: Sequence[DraftLine], note: str | None = None) -> Draft:
        """Let an invented buyer order these lines."""
        return Draft(a_person(random), tuple(lines), random.choice(SHIPPING_FEN), note or "")

    def usual(self, random: Random, *, with_remark: bool = False) -> Draft:
        """One or two things that lie in every warehouse, for less than 500 yuan."""
        skus = random.sample(EVERYWHERE, random.randint(1, 2))
        lines = [self.line(sku, random.randint(1, 2)) for sku in skus]
        return self.draft(random, lines, a_remark(random) if with_remark else None)

    def expensive(self, random: Random) -> Draft:
        """Something that costs more than a person may decide alone: 1288.00."""
        return Draft(a_person(random), (self.line(EXPENSIVE, 1),))

    def split(self, random: Random) -> Draft:
        """Two things that no warehouse has together."""
        skus = (random.choice(ONLY_HANGZHOU), random.choice(ONLY_GUANGZHOU))
        return self.draft(random, [self.line(sku, 1) for sku in skus])

    def sold_out(self, random: Random) -> Draft:
        """Something nobody has yet."""
        return self.draft(random, [self.line(random.choice(SOLD_OUT), random.randint(1, 2))])
