"""How alike two texts are, in plain loops: what the functions of the same names mean that models for linkage call."""

from __future__ import annotations


def jaro_winkler(a: str, b: str) -> float:
    """Return the Jaro-Winkler similarity, 0 to 1: matching letters in order, more for a common beginning (Winkler 1990)."""
    alike = _jaro(a, b)
    if alike <= 0.7:
        return alike
    common = 0
    while common < min(4, len(a), len(b)) and a[common] == b[common]:
        common += 1
    return alike + common * 0.1 * (1 - alike)


def _jaro(a: str, b: str) -> float:
    if not a or not b:
        return 0.0
    reach = max(0, max(len(a), len(b)) // 2 - 1)
    taken = [False] * len(b)
    matched_a = []
    for place, letter in enumerate(a):
        for other in range(max(0, place - reach), min(len(b), place + reach + 1)):
            if not taken[other] and b[other] == letter:
                taken[other] = True
                matched_a.append(letter)
                break
    matched_b = [letter for letter, is_taken in zip(b, taken, strict=True) if is_taken]
    matches = len(matched_a)
    if not matches:
        return 0.0
    moved = sum(x != y for x, y in zip(matched_a, matched_b, strict=True)) // 2
    return (matches / len(a) + matches / len(b) + (matches - moved) / matches) / 3


def slips(a: str, b: str) -> int:
    """Return the Damerau-Levenshtein distance: the fewest letters to put in, leave out, change, or let neighbours swap."""
    ahead: dict[str, int] = {}
    far = len(a) + len(b)
    grid = [[far] * (len(b) + 2) for _ in range(len(a) + 2)]
    for i in range(len(a) + 1):
        grid[i + 1][1] = i
    for j in range(len(b) + 1):
        grid[1][j + 1] = j
    for i in range(1, len(a) + 1):
        last = 0
        for j in range(1, len(b) + 1):
            row, column = ahead.get(b[j - 1], 0), last
            same = a[i - 1] == b[j - 1]
            if same:
                last = j
            grid[i + 1][j + 1] = min(
                grid[i][j] + (not same),
                grid[i + 1][j] + 1,
                grid[i][j + 1] + 1,
                grid[row][column] + (i - row - 1) + 1 + (j - column - 1),
            )
        ahead[a[i - 1]] = i
    return grid[len(a) + 1][len(b) + 1]
