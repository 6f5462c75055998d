#!/usr/bin/env python3
"""Draws what bench/growth_bench.cpp measures: processor time over models, layers and chiplets.

inlay_bench --benchmark_filter=growth --benchmark_format=json > growth.json
bench/plot_growth.py growth.json > docs/pictures/growth.svg
"""

import json
import math
import sys

WIDTH, HEIGHT, LEFT, TOP, GAP = 250, 190, 64, 34, 84
COLOURS = {"scar": "#1b6ca8", "exact": "#b5512b"}
PANELS = ["models", "layers", "chiplets"]


def measured(path):
    """[panel][strategy] -> list of (x, seconds)."""
    curves = {panel: {} for panel in PANELS}
    for run in json.load(open(path))["benchmarks"]:
        family, strategy = run["name"].split("/")[:2]
        panel = family.removeprefix("growth_")
        curves[panel].setdefault(strategy, []).append((run[panel], run["cpu_time"] / 1000.0))
    return curves


def decades(values):
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def panel_svg(at, title, curves, low, high):
    left = LEFT + at * (WIDTH + GAP)
    xs = [x for curve in curves.values() for x, _ in curve]
    first, last = math.log10(min(xs)), math.log10(max(xs))

    def place(x, seconds):
        across = left + (math.log10(x) - first) / (last - first) * WIDTH
        down = TOP + (high - math.log10(seconds)) / (high - low) * HEIGHT
        return f"{across:.1f},{down:.1f}"

    parts = [f'<rect x="{left}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>']
    for decade in range(low, high + 1):
        y = float(place(min(xs), 10**decade).split(",")[1])
        parts.append(f'<path d="M{left} {y:.1f}H{left + WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{10**decade:g} s</text>')
    for x in sorted(set(xs)):
        across = place(x, 10**low).split(",")[0]
        parts.append(f'<text x="{across}" y="{TOP + HEIGHT + 16}" text-anchor="middle">{x:g}</text>')
    parts.append(f'<text x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 34}" text-anchor="middle">{title}</text>')
    for strategy, curve in curves.items():
        points = " ".join(place(x, seconds) for x, seconds in sorted(curve))
        colour = COLOURS[strategy]
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for point in points.split():
            x, y = point.split(",")
            parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>')
    return parts


def main():
    curves = measured(sys.argv[1])
    seconds = [s for panel in curves.values() for curve in panel.values() for _, s in curve]
    low, high = decades(seconds)
    width = LEFT + 3 * WIDTH + 2 * GAP + 20
    height = TOP + HEIGHT + 48
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
          'font-family="sans-serif" font-size="12">')
    print(f'<rect width="{width}" height="{height}" fill="#fff"/>')
    for at, (strategy, colour) in enumerate(COLOURS.items()):
        print(f'<text x="{LEFT + 90 * at}" y="20" fill="{colour}">{strategy}</text>')
    for at, panel in enumerate(PANELS):
        print("\n".join(panel_svg(at, panel, curves[panel], low, high)))
    print("</svg>")


if __name__ == "__main__":
    main()
