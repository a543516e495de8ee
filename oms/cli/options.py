"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from oms.stack.world import ALL

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Postgres = Annotated[bool, typer.Option("--postgres", help="Use a PostgreSQL instead of a SQLite file.")]
WebPort = Annotated[int, typer.Option(help="Port of the desk; 0 takes a free one (up: OMS_WEB_PORT if set).")]
UiPort = Annotated[int, typer.Option(help="Port of the Temporal UI; 0 takes a free one.")]
TemporalPort = Annotated[int, typer.Option(help="Port of the Temporal server; 0 takes a free one.")]
Seed = Annotated[int, typer.Option(help="The same seed offers the same orders.")]
RealOrders = Annotated[
    Path | None,
    typer.Option("--from", exists=True, file_okay=False, help="Play the real orders of this folder instead."),
]
Pace = Annotated[
    int | None,
    typer.Option(
        min=1, help="Business seconds in a real one: 3600 makes an hour a second (7200; 86400 with --from)."
    ),
]


def _known_channels(names: list[str] | None) -> list[str] | None:
    for name in names or ():
        if name not in ALL:
            raise typer.BadParameter(f"no channel {name}; there are: {', '.join(ALL)}")
    return names


Rate = Annotated[float | None, typer.Option(min=0.01, help="Orders offered a second (4; 5 with --from).")]
Scenario = Annotated[
    str, typer.Option(help="mixed: a share of everything that goes wrong; plain: none of it.")
]
Channels = Annotated[
    list[str] | None,
    typer.Option(
        "--channel",
        help=f"Let orders be placed there only; may be repeated. Of {', '.join(ALL)} (default: all).",
        callback=_known_channels,
    ),
]
Stay = Annotated[bool, typer.Option("--stay/--exit", help="Keep the stack up afterwards, or end.")]
JsonFile = Annotated[
    Path | None, typer.Option("--json", dir_okay=False, help="Write the figures to a file, as JSON.")
]
