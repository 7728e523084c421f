import type { ConversationState } from "#protocol/state.ts";
import type { RefObject } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "../platform/language.ts";
import {
  type Crop,
  drawSquare,
  fileOf,
  middle,
  pictureSize,
  readPicture,
  squareOf,
} from "../platform/picture.ts";
import { DialogAnswers } from "./dialog-answers.tsx";
import { Dialog } from "./dialog.tsx";
import { GroupOutcome } from "./group-outcome.tsx";
import { useGroupDeed, useGroupsApi } from "./use-group.ts";

interface PictureDialogProps {
  known: ConversationState;
  file: File;
  onClose: () => void;
}

/** Chooses the square of a picture that a group shows: by dragging, with the arrow keys, and a slider for its size. */
export function PictureDialog({ known, file, onClose }: PictureDialogProps) {
  const groups = useGroupsApi();
  const deed = useGroupDeed(known);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [crop, setCrop] = useState<Crop>(middle);
  const { picture, unreadable } = usePicture(file);
  useEffect(() => {
    if (canvas.current !== null && picture !== null) drawSquare(canvas.current, picture, crop);
  }, [picture, crop]);
  async function save() {
    if (canvas.current === null) return;
    return groups.setPicture(known.conversation.id, await fileOf(canvas.current));
  }
  return (
    <Dialog title={t("picture.title")} onClose={onClose}>
      {unreadable && (
        <p class="field-error" role="alert">
          {t("picture.unreadable")}
        </p>
      )}
      {picture !== null && <CropField canvas={canvas} picture={picture} crop={crop} onCrop={setCrop} />}
      <GroupOutcome deed={deed} host={known.conversation.host} />
      <DialogAnswers
        answer={t("picture.use")}
        kind="primary"
        disabled={deed.busy || picture === null}
        onAnswer={() => void deed.run(save, onClose)}
        onClose={onClose}
      />
    </Dialog>
  );
}

interface CropFieldProps {
  canvas: RefObject<HTMLCanvasElement | null>;
  picture: ImageBitmap;
  crop: Crop;
  onCrop: (crop: Crop) => void;
}

function CropField({ canvas, picture, crop, onCrop }: CropFieldProps) {
  const id = useId();
  return (
    <>
      <p class="hint" id={`${id}-hint`}>
        {t("picture.hint")}
      </p>
      <canvas
        ref={canvas}
        class="crop"
        width={pictureSize}
        height={pictureSize}
        role="img"
        tabIndex={0}
        aria-label={t("picture.title")}
        aria-describedby={`${id}-hint`}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => {
          if (event.buttons === 0) return;
          const scale = event.currentTarget.clientWidth;
          onCrop(moved(picture, crop, [-event.movementX / scale, -event.movementY / scale]));
        }}
        onKeyDown={(event) => {
          const step = steps[event.key];
          if (step === undefined) return;
          event.preventDefault();
          onCrop(moved(picture, crop, step));
        }}
      />
      <label class="field" for={id}>
        <span class="field-label">{t("picture.zoom")}</span>
        <input
          id={id}
          type="range"
          min="1"
          max="4"
          step="0.05"
          value={crop.zoom}
          onInput={(event) => onCrop({ ...crop, zoom: event.currentTarget.valueAsNumber })}
        />
      </label>
    </>
  );
}

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-0.05, 0],
  ArrowRight: [0.05, 0],
  ArrowUp: [0, -0.05],
  ArrowDown: [0, 0.05],
};

/** The crop moved by shares of its own side. */
function moved(picture: ImageBitmap, crop: Crop, [right, down]: readonly [number, number]): Crop {
  const { width, height } = picture;
  const { left, top, side } = squareOf(picture, crop);
  const x = (left + side / 2 + right * side) / width;
  const y = (top + side / 2 + down * side) / height;
  const kept = squareOf(picture, { ...crop, x, y });
  return { ...crop, x: (kept.left + side / 2) / width, y: (kept.top + side / 2) / height };
}

function usePicture(file: File): { picture: ImageBitmap | null; unreadable: boolean } {
  const [picture, setPicture] = useState<ImageBitmap | null>(null);
  const [unreadable, setUnreadable] = useState(false);
  useEffect(() => {
    let current: ImageBitmap | null = null;
    readPicture(file).then(
      (bitmap) => {
        current = bitmap;
        setPicture(bitmap);
      },
      () => setUnreadable(true),
    );
    return () => current?.close();
  }, [file]);
  return { picture, unreadable };
}
