"""A carrier's trace is shown without the people in it."""

import pytest

from oms.domain.trace import without_people


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("已签收，签收人：张三", "已签收，签收人：***"),
        ("您的快件已签收, 签收人: 李四, 感谢使用", "您的快件已签收, 签收人: ***, 感谢使用"),
        ("派件员 王小明 13812345678 正在派件", "派件员 *** *** 正在派件"),
        ("【杭州市】快递员【赵六】电话0571-88886666", "【杭州市】快递员【***】电话***"),
        ("快递员：Li Lei，电话：+86 138-1234-5678", "快递员：***，电话：***"),
        ("快件已到达【杭州中转部】", "快件已到达【杭州中转部】"),
        ("派件员正在派送途中", "派件员正在派送途中"),
        ("2026-11-22 快件离开", "2026-11-22 快件离开"),
    ],
)
def test_a_trace_names_nobody(line: str, shown: str) -> None:
    """Names after a role and numbers one could call are hidden; places and events stay."""
    assert without_people(line) == shown
