/** Pixels of each side of a group's picture. */
export const pictureSize = 256;
/** Bytes of a picture that the server takes. */
const most = 256 * 1024;

/** Which square of a picture is kept: its middle as shares of the whole, and how much it is enlarged. */
export interface Crop {
  x: number;
  y: number;
  zoom: number;
}

export const middle: Crop = { x: 0.5, y: 0.5, zoom: 1 };

/** Reads a picture file; throws where the browser does not know its kind. */
export function readPicture(file: Blob): Promise<ImageBitmap> {
  return createImageBitmap(file);
}

/** The square that a crop keeps, in pixels of the picture, never beyond its edges. */
export function squareOf({ width, height }: { width: number; height: number }, { x, y, zoom }: Crop) {
  const side = Math.min(width, height) / zoom;
  const within = (wanted: number, length: number) => Math.max(0, Math.min(wanted, length - side));
  return { left: within(x * width - side / 2, width), top: within(y * height - side / 2, height), side };
}

/** Draws the kept square over the whole of a canvas. */
export function drawSquare(canvas: HTMLCanvasElement, picture: ImageBitmap, crop: Crop): void {
  const { left, top, side } = squareOf(picture, crop);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas to draw on");
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height);
}

/** What is drawn, as a file with nothing in it but the picture: WebP where the browser writes it, else PNG. */
export async function fileOf(canvas: HTMLCanvasElement): Promise<Blob> {
  const webp = await encode(canvas, "image/webp");
  return webp.type === "image/webp" && webp.size <= most ? webp : encode(canvas, "image/png");
}

function encode(canvas: HTMLCanvasElement, type: string): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error("the picture cannot be written")) : resolve(blob)),
      type,
      0.9,
    ),
  );
}
