"""The units of deploy/systemd are well-formed for this machine's systemd and leave a daemon
next to no rights. Skipped (77) where systemd cannot say."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from harness import BUILD, SOURCE, check, main

EXPOSURE = 2.0  # at most, of 10
UNITS = {"tonghop-collector": BUILD / "collector" / "tonghop-collector",
         "tonghop-reporter": BUILD / "reporter" / "tonghop-reporter"}


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", *map(str, arguments)], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def check_unit(folder, name, program):
    text = (SOURCE / "deploy" / "systemd" / f"{name}.service").read_text(encoding="utf-8")
    # The program that is installed is the one that was built: verify looks whether it is there.
    changed, count = re.subn(r"(?m)^ExecStart=/usr/local/bin/\S+", f"ExecStart={program}", text)
    check(count == 1, f"{name} starts the installed program")
    unit = folder / f"{name}.service"
    unit.write_text(changed, encoding="utf-8")
    status, said = analyze("verify", "--recursive-errors=no", unit)
    check(status == 0 and name not in said, f"systemd-analyze verify {name}: {said}")
    status, said = analyze("security", "--offline=yes", "--no-pager", unit)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    check(found, f"systemd-analyze security {name}: {said}")
    print(f"{name}: exposure {found[1]}")
    check(float(found[1]) <= EXPOSURE,
          f"exposure of {name}: {found[1]}, at most {EXPOSURE}\n{said}")


def scenario():
    with tempfile.TemporaryDirectory(prefix="tonghop-units-") as folder:
        for name, program in UNITS.items():
            check_unit(pathlib.Path(folder), name, program)


if __name__ == "__main__":
    if not shutil.which("systemd-analyze") or "--offline" not in analyze("--help")[1]:
        print("skipped: no systemd-analyze with `security --offline` (systemd 250)")
        sys.exit(77)
    main(scenario)
