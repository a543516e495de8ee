"""The image holds what was locked and nothing else, and does not run as root."""

import re

import pytest

from tests.house_rules.tree import ROOT


def faults(dockerfile: str) -> list[str]:
    """Name the promises that the file does not keep."""
    final = re.split(r"^FROM ", dockerfile, flags=re.MULTILINE)[-1]
    copied = {
        word for line in re.findall(r"^COPY (?!--from)(.+)$", final, re.MULTILINE) for word in line.split()
    }
    promises = {
        "dependencies come from the hashed lock": "--require-hashes -r requirements/run.txt" in dockerfile,
        "it runs as an ordinary user": bool(re.search(r"^USER (?!root|0)\S+", final, re.MULTILINE)),
        "signals reach the process": 'ENTRYPOINT ["tini", "--"]' in final,
        "its health can be asked": "HEALTHCHECK" in final,
        "no secret and no simulator goes in": not copied & {".", ".env", "simulator", "tests"},
    }
    return [promise for promise, kept in promises.items() if not kept]


def test_the_image_keeps_its_promises() -> None:
    """See the promises above."""
    assert faults((ROOT / "Dockerfile").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("broken", ["--require-hashes", "USER 10001", "ENTRYPOINT", "HEALTHCHECK"])
def test_a_broken_promise_is_noticed(broken: str) -> None:
    """The rule can fail."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert faults(dockerfile.replace(broken, "# "))
    assert faults(dockerfile.replace("COPY oms oms", "COPY . ."))
