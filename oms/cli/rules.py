"""`rules`: the rule table: check it, read it, compare it, bring it into force, ask what it says of an order."""

import typer

from oms.cli.backtest import backtest
from oms.cli.rule_changes import activate, diff, versions
from oms.cli.rule_explaining import explain_
from oms.cli.rule_files import check
from oms.cli.rule_guide import show
from oms.cli.violations import report, reports

app = typer.Typer(
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Look after the rules of each platform: a table of figures and conditions, versioned, never edited in place.",
)
for command in (check, show, diff, activate, versions, backtest, report, reports):
    app.command()(command)
app.command("explain")(explain_)
