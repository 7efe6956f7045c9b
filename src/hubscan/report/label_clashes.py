"""What it costs when names and their lines run into one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AIR: Final = 2.0
_NAME_ON_NAME: Final = 10_000.0
_LINE_ON_NAME: Final = 4_000.0
_LINE_ON_LINE: Final = 400.0


def clashes(
    boxes: NDArray[np.float64],
    lines: NDArray[np.float64],
    other_boxes: NDArray[np.float64],
    other_lines: NDArray[np.float64],
) -> NDArray[np.float64]:
    """
    Return what each name with its line costs against each other name with its line.

    Names on names are worst, then lines through names, then lines through lines.

    Parameters
    ----------
    boxes, other_boxes
        Shape (names, 4): left, foot, right, head, points.
    lines, other_lines
        Shape (names, 4): x, y of both ends, points; NaN for no line.

    Returns
    -------
    costs
        Shape (names, other names).

    Examples
    --------
    >>> box, no_line = np.array([[0.0, 0.0, 10.0, 10.0]]), np.full((1, 4), np.nan)
    >>> clashes(box, no_line, box + 5.0, no_line).tolist()
    [[10540.0]]
    >>> clashes(box, no_line, box + 50.0, no_line).tolist()
    [[0.0]]
    """
    a, b = boxes[:, None, :], other_boxes[None, :, :]
    across = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0]) + 2.0 * _AIR
    up = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1]) + 0.5 * _AIR
    area = np.clip(across, 0.0, None) * np.clip(up, 0.0, None)
    line, other_line = lines[:, None, :], other_lines[None, :, :]
    cost = np.where(area > 0.0, _NAME_ON_NAME + 10.0 * area, 0.0)
    cost += _LINE_ON_NAME * _enters(line, b)
    cost += _LINE_ON_NAME * _enters(other_line, a)
    cost += _LINE_ON_LINE * _cross(line, other_line)
    return np.asarray(cost)


def _enters(line: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether a line enters a box with some air about it, by the slabs of the box."""
    enter, leave = np.asarray(0.0), np.asarray(1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis in (0, 1):
            step = line[..., axis + 2] - line[..., axis]
            first = (box[..., axis] - 1.0 - line[..., axis]) / step
            last = (box[..., axis + 2] + 1.0 - line[..., axis]) / step
            enter = np.maximum(enter, np.minimum(first, last))
            leave = np.minimum(leave, np.maximum(first, last))
        return np.asarray(enter < leave)


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether two lines cross."""
    apart = _side(one, other[..., :2]) * _side(one, other[..., 2:])
    astride = _side(other, one[..., :2]) * _side(other, one[..., 2:])
    return np.asarray((apart < 0.0) & (astride < 0.0))


def _side(line: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return on which side of a line a point lies, by its sign."""
    step = line[..., 2:] - line[..., :2]
    away = point - line[..., :2]
    return np.asarray(step[..., 0] * away[..., 1] - step[..., 1] * away[..., 0])
