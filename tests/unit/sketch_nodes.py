"""The node classes of Sketch's presets that no other preset has, as `node_table` writes them."""

_SIDE = "INT(0..16384)"
_SEED = "INT(0..18446744073709551615)"
SKETCH_TABLE = f"""
SketchGrade  image:IMAGE prompt:STRING seed:{_SEED} strength:FLOAT(0..1) -> IMAGE
SketchMix  image:IMAGE strength:FLOAT(0..1) | second:IMAGE third:IMAGE -> IMAGE
SketchSoften  image:IMAGE before:IMAGE strength:FLOAT(0..1) | mask:MASK -> IMAGE
SketchReplay  images:IMAGE fps:FLOAT speed:FLOAT(0..10) backwards:BOOLEAN | audio:AUDIO -> IMAGE AUDIO
SketchSmooth  images:IMAGE fps:FLOAT times:INT(1..16) -> IMAGE FLOAT
SketchSurround  image:IMAGE left:{_SIDE} top:{_SIDE} right:{_SIDE} bottom:{_SIDE} manner=blurred,mirrored -> IMAGE
LoadImageMask  image=ANY channel=alpha,red,green,blue -> MASK
"""
