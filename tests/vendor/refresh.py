"""
Renews the vendored files from unpacked npm packages and writes their manifests.

Usage: npm pack htmx.org@4.0.1 @tabler/icons@3.51.0 axe-core@4.14.1, unpack each archive into FOLDER/<name>/,
then `python tests/vendor/refresh.py FOLDER` with <name> one of htmx.org, icons, axe-core.
Run by hand only: no test and no start of the program fetches anything. Files of other packages stay as they are, such
as the stroke templates that tools/strokes.mjs makes.
"""

import base64
import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
STATIC = HERE.parents[1] / "kiosk" / "static" / "vendor"
MANIFEST = "manifest.toml"
Origin = tuple[str, str, str]
"""Package, version, licence."""


def sha384(path: Path) -> str:
    """The hash of a file in the form that browsers use for integrity checks."""
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def wanted_icons() -> list[tuple[str, str]]:
    """Pairs of our word and the icon's name in the set, in the order of icons.txt."""
    lines = (HERE / "icons.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line.strip() and not line.startswith("#")]
    return [(ours.strip(), (theirs or ours).strip()) for ours, _, theirs in pairs]


def sprite(icons: Path, licence: str) -> str:
    """One SVG with a symbol per icon: the paths only, for colour and stroke come from `.icon` in the style sheet."""
    symbols = []
    for ours, theirs in wanted_icons():
        drawing = (icons / f"{theirs}.svg").read_text(encoding="utf-8")
        inner = re.sub(r"\s+", " ", drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")]).strip()
        inner = inner.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "").strip()
        symbols.append(
            f'<symbol id="{ours}" viewBox="0 0 24 24">{inner.replace(" />", "/>").replace("> <", "><")}</symbol>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg">\n<!-- {licence} -->\n' + "\n".join(symbols) + "\n</svg>\n"
    )


def manifest(folder: Path, origins: dict[str, Origin]) -> str:
    """The TOML text that names every vendored file with its origin: file -> (package, version, licence)."""
    tables = []
    for name, (package, version, licence) in sorted(origins.items()):
        tables.append(
            f'[[file]]\nname = "{name}"\npackage = "{package}"\nversion = "{version}"\n'
            f'licence = "{licence}"\nsha384 = "{sha384(folder / name)}"\n'
        )
    return (
        "# Files of others, unchanged or derived as tests/vendor/refresh.py says. Written by it.\n"
        + "\n".join(tables)
    )


def version_of(package: Path) -> str:
    """The version that the unpacked package states."""
    return str(json.loads((package / "package.json").read_text(encoding="utf-8"))["version"])


def put(folder: Path, name: str, content: bytes) -> str:
    """Writes one vendored file and returns its name."""
    (folder / name).write_bytes(content)
    return name


def cleared(folder: Path, packages: set[str]) -> dict[str, Origin]:
    """Removes the files of these packages; returns the origins of all others, which stay."""
    entries = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))["file"]
    for entry in entries:
        if entry["package"] in packages:
            (folder / entry["name"]).unlink(missing_ok=True)
    return {
        entry["name"]: (entry["package"], entry["version"], entry["licence"])
        for entry in entries
        if entry["package"] not in packages
    }


def refresh(unpacked: Path, static_folder: Path = STATIC, tests_folder: Path = HERE) -> None:
    """Writes the vendored files of the three packages and both manifests; removes their older versions."""
    htmx, icons, axe = (unpacked / name for name in ("htmx.org", "icons", "axe-core"))
    h, i, a = version_of(htmx), version_of(icons), version_of(axe)
    others = cleared(static_folder, {"htmx.org", "@tabler/icons"})
    others_for_tests = cleared(tests_folder, {"axe-core"})
    licence = (
        f"Tabler Icons {i} (outline), MIT, Copyright (c) Pawel Kuna; see the licence file beside this one"
    )
    static = others | {
        put(static_folder, f"htmx-{h}.min.js", (htmx / "dist" / "htmx.min.js").read_bytes()): (
            "htmx.org",
            h,
            "0BSD",
        ),
        put(static_folder, f"htmx-{h}.LICENSE.txt", (htmx / "LICENSE").read_bytes()): ("htmx.org", h, "0BSD"),
        put(static_folder, f"tabler-icons-{i}.svg", sprite(icons / "icons" / "outline", licence).encode()): (
            "@tabler/icons",
            i,
            "MIT",
        ),
        put(static_folder, f"tabler-icons-{i}.LICENSE.txt", (icons / "LICENSE").read_bytes()): (
            "@tabler/icons",
            i,
            "MIT",
        ),
    }
    for_tests = others_for_tests | {
        put(tests_folder, f"axe-core-{a}.min.js", (axe / "axe.min.js").read_bytes()): (
            "axe-core",
            a,
            "MPL-2.0",
        ),
        put(tests_folder, f"axe-core-{a}.LICENSE.txt", (axe / "LICENSE").read_bytes()): (
            "axe-core",
            a,
            "MPL-2.0",
        ),
    }
    (static_folder / MANIFEST).write_text(manifest(static_folder, static), encoding="utf-8")
    (tests_folder / MANIFEST).write_text(manifest(tests_folder, for_tests), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tests/vendor/refresh.py FOLDER")
    refresh(Path(sys.argv[1]))
