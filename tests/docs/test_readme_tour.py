"""The README's tour does what the README says: its blocks are run as they stand, and print what stands under them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from tests.live import live_server

README = Path(__file__).resolve().parents[2] / "README.md"
HEADING = "## A tour in five minutes\n"
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
MARK = "=== next block ===\n"
PATIENCE_SECONDS = 300  # only ends a tour that would hang


def tour() -> list[tuple[str, str]]:
    """Each block of commands, with what the README says that it prints."""
    chapter = README.read_text().partition(HEADING)[2].partition("\n## ")[0]
    blocks = BLOCK.findall(chapter)
    assert len(blocks) == chapter.count("```sh") > 0
    return [(commands, said) for commands, said in blocks]


def play(blocks: list[str], address: str) -> list[str]:
    """Run the blocks in one shell, one after the other; what each printed, errors included."""
    script = "exec 2>&1\n" + "".join(f"printf '%s' '{MARK}'\n{commands}" for commands in blocks)
    own_python = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-eu", "-c", script],
        env={"PATH": own_python, "PARLEY_URL": address},
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout.split(MARK)[1:]


def pattern(said: str) -> str:
    """What to expect: … stands for anything, and indentation (that of ``uniq -c``) differs from system to system."""
    return "\n".join(re.escape(line.strip()).replace("…", ".*") for line in said.splitlines())


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="the tour needs curl and bash")
@pytest.mark.django_db(transaction=True)
def test_tour_prints_what_the_readme_says(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # as the server's own
    call_command("load_demo", if_empty=True, verbosity=0)
    blocks = tour()
    with live_server(workers=2) as address:
        outputs = play([commands for commands, _ in blocks], address)
    for (commands, said), output in zip(blocks, outputs, strict=True):
        printed = "\n".join(line.strip() for line in output.splitlines())
        assert re.fullmatch(pattern(said), printed), f"{commands}\nprinted\n\n{output}\ninstead of\n\n{said}"
