"""The faults that are put in on purpose still fit the code, and the tests that notice them are there."""

import shutil
from pathlib import Path

import pytest

from deploy.local.home import ROOT
from tests.faults.deliberate import FAULTS, Fault, put_in


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_can_be_put_in(fault: Fault, tmp_path: Path) -> None:
    (tmp_path / fault.file).parent.mkdir(parents=True)
    shutil.copy(ROOT / fault.file, tmp_path / fault.file)
    put_in(fault, tmp_path)
    assert (tmp_path / fault.file).read_text() != (ROOT / fault.file).read_text()
    for test in fault.tests:
        assert (ROOT / test.partition("::")[0]).exists(), test
