// Makes the pages of candidates, imports and interviews smoother; each works without it.
import { readyCopies } from "./people/copying.js";
import { readyDrops } from "./people/dropping.js";
import { readyPicking } from "./people/picking.js";

readyDrops();
readyCopies();
readyPicking();
