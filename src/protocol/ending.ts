/** What travels when somebody goes, or takes along what is theirs. */

/** `POST /me/end`: until then one may keep the account, by signing in with `keep`. */
export interface Ending {
  endsAt: string;
}

/** A file with all that is somebody's. */
export interface DataExport {
  id: string;
  /** `failed`: begin another. */
  state: "waiting" | "ready" | "failed";
  /** Bytes, once it is ready. */
  size: number | null;
  createdAt: string;
  /** When the file is gone. */
  expiresAt: string | null;
}

/** `GET /me/exports`: newest first. */
export interface DataExportList {
  exports: DataExport[];
}
