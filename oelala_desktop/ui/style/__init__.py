"""How everything looks: tokens, icons, painting, and the one style that draws stock controls by their faces."""
