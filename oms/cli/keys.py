"""`keys`: make what .env needs."""

from typing import Annotated

import typer

from oms.cli.place import Place
from oms.stack.keys import fresh_keys

app = typer.Typer(rich_markup_mode="markdown", no_args_is_help=True, help="Make the keys that .env needs.")


@app.command()
def new(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="The keys' id, kept beside everything they encrypt.")] = "k1",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of .env lines.")] = False,
) -> None:
    """Print fresh keys as lines for .env; nothing is stored.

    To rotate, put a new key in front of the old ones, with a comma between: the first encrypts, all
    decrypt. OMS_DIGEST_KEY must stay as it is, or every buyer becomes a first-time buyer.

    Examples:

    ```
    starter.py keys new >> .env
    starter.py keys new --name 2027
    ```
    """
    place: Place = context.obj
    keys = fresh_keys(name)
    if as_json:
        place.output.json(keys)
        return
    for variable, text in keys.items():
        place.output.out.print(f"{variable}={text}", soft_wrap=True, markup=False)
