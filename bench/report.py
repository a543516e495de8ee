"""Print what was measured."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table


def show(console: Console, results: dict[str, Any]) -> None:
    """Print the machine and one table a measurement."""
    console.print(", ".join(f"{name} {value}" for name, value in results["machine"].items()))
    if "life" in results:
        _show_life(console, results["life"])
    if "waiting" in results:
        _show_waiting(console, results["waiting"])
    if "intake" in results:
        _show_intake(console, results["intake"])
    if "mapping" in results:
        _show_mapping(console, results["mapping"])
    if "peak" in results:
        _show_peak(console, results["peak"])
    if "rules" in results:
        _show_rules(console, results["rules"])
    if "calls" in results:
        _show_calls(console, results["calls"])
    if "desk" in results:
        _show_desk(console, results["desk"])


def _show_life(console: Console, life: dict[str, Any]) -> None:
    costs = {
        "events p50": "events_p50",
        "worker ms/order": "worker_ms",
        "server ms/order": "server_ms",
        "life p50 s": "life_p50",
    }
    _show_sides(console, "whole lives, interleaved rounds on one server", life, costs, decimals=1)


def _show_intake(console: Console, intake: dict[str, Any]) -> None:
    title = f"from page to running workflow, {intake['at_once']} calls at once, no worker"
    costs = {"own ms/order": "own_ms", "server ms/order": "server_ms"}
    _show_sides(console, title, intake, costs, decimals=2)


def _show_sides(
    console: Console, title: str, result: dict[str, Any], costs: Mapping[str, str], *, decimals: int
) -> None:
    """Print a row a side: its rate, how ours compares, and what an order costs; then whether the target is reached."""
    table = Table(title=title)
    for name in ("side", "orders/s", "min", "max", "ours ÷ it", *costs):
        table.add_column(name, justify="left" if name == "side" else "right")
    for side, rate in result["orders_per_second"].items():
        table.add_row(
            side, *(f"{rate[name]:.1f}" for name in ("median", "min", "max")),
            f"{result['ratio'][side]:.2f}" if side in result["ratio"] else "",
            *(f"{result['sides'][side][name]:.{decimals}f}" for name in costs.values()),
        )  # fmt: skip
    console.print(table)
    ratio, target = result["ratio"]["bare"], result["target"]
    console.print(f"ours ÷ bare = {ratio:.2f}; target {target}: {'reached' if ratio >= target else 'missed'}")


def _show_mapping(console: Console, mapping: dict[str, Any]) -> None:
    table = Table(title=f"a connector's read, {mapping['rounds']} rounds over {mapping['payloads']} orders")
    for name in ("channel", "µs CPU/order", "min", "max"):
        table.add_column(name, justify="left" if name == "channel" else "right")
    for channel, figures in mapping["us_per_order"].items():
        table.add_row(channel, *(f"{figures[name]:.0f}" for name in ("median", "min", "max")))
    console.print(table)


def _show_peak(console: Console, peak: dict[str, Any]) -> None:
    table = Table(title=f"from callback to read model while {peak['flood']} orders flood in, seconds")
    for name in ("orders are", "callbacks", "p50", "p99", "most", "orders known at the end"):
        table.add_column(name, justify="left" if name == "orders are" else "right")
    for mode, row in peak["modes"].items():
        waits = (f"{row[name]:.3f}" for name in ("p50_s", "p99_s", "most_s"))
        table.add_row(mode, str(row["callbacks"]), *waits, str(row["orders_known_at_the_end"]))
    console.print(table)
    signals = peak["signals"]
    console.print(
        f"callbacks a second {signals['ours_per_second']}, bare signals {signals['bare_per_second']}: {signals['ratio']:.2f}"
    )


def _show_rules(console: Console, rules: dict[str, Any]) -> None:
    table = Table(title=f"the rules: {rules['rules']} conditions and the clock, one core")
    for name in ("what", "median", "min", "max"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for what, name in (
        ("gate, µs CPU/order", "gate_us"),
        ("backtest of two tables, orders/min", "backtest_per_minute"),
    ):
        table.add_row(what, *(f"{rules[name][each]:,.0f}" for each in ("median", "min", "max")))
    console.print(table)
    share = f"{rules['gate_share_of_life']:.2%} of the {rules['life_cpu_ms']} ms of CPU of an order's life"
    console.print(f"gate = {share}; targets {'reached' if rules['reached'] else 'missed'}")


def _show_calls(console: Console, calls: dict[str, Any]) -> None:
    table = Table(title=f"intake with a call an order, {calls['pairs']} pairs of turns")
    for name in ("the calls are", "orders/s", "min", "max"):
        table.add_column(name, justify="left" if name == "the calls are" else "right")
    for side, rate in calls["orders_per_second"].items():
        table.add_row(side, *(f"{rate[name]:.1f}" for name in ("median", "min", "max")))
    console.print(table)
    console.print(f"in turns it costs {calls['cost']:.1%} of the orders a second (the median of the pairs)")
    share = f"{calls['own_us']:.0f} µs of CPU a call = {calls['share']:.2%} of the {calls['order_ms']} ms of an order"
    verdict = "reached" if calls["reached"] else "missed"
    console.print(f"the log's own: {share}; bound {calls['bound']:.0%}: {verdict}")


def _show_desk(console: Console, desk: dict[str, Any]) -> None:
    table = Table(
        title=f"the desk's questions, {desk['orders']:,} orders in PostgreSQL, {desk['asked']} times each"
    )
    for name in ("question", "p50 ms", "p95 ms", "most ms"):
        table.add_column(name, justify="left" if name == "question" else "right")
    for question, figures in desk["questions"].items():
        table.add_row(question, *(f"{figures[name]:.1f}" for name in ("p50_ms", "p95_ms", "max_ms")))
    console.print(table)
    verdict = "reached" if desk["reached"] else "missed"
    console.print(f"target for the lists: p95 of each below {desk['target_ms']:.0f} ms: {verdict}")


def _show_waiting(console: Console, waiting: dict[str, Any]) -> None:
    table = Table(title=f"waiting orders, cache of {waiting['cached_workflows']} workflows")
    for name in (
        "waiting",
        "worker MB",
        "server MB",
        "server file MB",
        "opened/s",
        "batch orders/s",
        "worker ms/order",
        "server ms/order",
        "life p50 s",
    ):
        table.add_column(name, justify="right")
    for row in waiting["levels"]:
        batch = row["batch"]
        table.add_row(
            str(row["waiting"]), *(f"{row[name]:.0f}" for name in ("worker_mb", "server_mb", "server_file_mb")),
            str(row["opened_per_second"] or ""),
            *(f"{batch[name]:.1f}" for name in ("per_second", "worker_ms", "server_ms", "life_p50")),
        )  # fmt: skip
    console.print(table)
