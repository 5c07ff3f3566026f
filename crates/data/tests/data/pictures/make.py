"""Makes the pictures that no encoder of ours can write. Needs Pillow."""

from PIL import Image

# Left half red, right half white, as inks (cyan, magenta, yellow, black).
picture = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
picture.paste((0, 0, 0, 0), (8, 0, 16, 16))
picture.save("cmyk.jpg", quality=95, optimize=True)
