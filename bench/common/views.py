"""The views of an image at test time."""

_CENTRE, _CORNERS = ((0, 0),), ((-1, -1), (-1, 1), (1, -1), (1, 1))
_EDGES = ((-1, 0), (0, -1), (0, 1), (1, 0))
# views of a test image: steps down and to the right, and whether it is mirrored
VIEWS = tuple(
    (down, right, mirrored)
    for places in (_CENTRE, _CORNERS, _EDGES)
    for mirrored in (False, True)
    for down, right in places
)
VIEW_SETS = {  # how many are averaged, and which: the centre; mirrored; crops, then all of them mirrored
    1: (0,),
    2: (0, 1),
    5: (0, 2, 3, 4, 5),
    10: tuple(range(10)),
    18: tuple(range(18)),
}
