/** A photograph of the moon, more or less. */
import { encode } from "fast-png";

const [WIDTH, HEIGHT, RADIUS] = [240, 150, 45];
const [NIGHT, MOON, ROOF] = [[18, 24, 48], [244, 238, 208], [60, 40, 40]] as const;

/** As a PNG of a few kilobytes. */
export function moonPicture(): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) data.set(colourAt(x, y), (y * WIDTH + x) * 3);
  }
  return new Uint8Array(encode({ width: WIDTH, height: HEIGHT, channels: 3, depth: 8, data }));
}

function colourAt(x: number, y: number): readonly number[] {
  if (y > HEIGHT - 30 + Math.abs((x % 60) - 30) / 2) return ROOF;
  return Math.hypot(x - WIDTH / 2, y - HEIGHT / 2 + 10) < RADIUS ? MOON : NIGHT;
}
