/** Places on the path of a message where a test may end, break or slow the process (setting `FAILPOINT=name:action`). */
export const failpointNames = [
  "before-tx",
  "after-insert",
  "before-commit",
  "after-commit-before-ack",
  "in-job",
  "after-post-before-mark",
  "during-migration",
] as const;
export type FailpointName = (typeof failpointNames)[number];

/** `kill` is SIGKILL at once, `throw` an unexpected error, `delay` a wait of two seconds; each at every passage. */
export const failpointActions = ["kill", "throw", "delay"] as const;
export type FailpointAction = (typeof failpointActions)[number];

export interface FailpointSetting {
  readonly name: FailpointName;
  readonly action: FailpointAction;
}

/** Called at each named place; where something is set for it, `reach` is waited for first, so that the place is reached. */
export type Failpoint = (name: FailpointName, reach?: () => Promise<unknown>) => Promise<void>;

const delayMilliseconds = 2_000;

/** Makes the function that the code calls at each named place; without a setting it does nothing. */
export function createFailpoint(setting?: FailpointSetting): Failpoint {
  return async (name, reach) => {
    if (setting?.name !== name) return;
    await reach?.();
    if (setting.action === "throw") throw new Error(`failpoint ${name}`);
    if (setting.action === "delay") {
      await new Promise((resolve) => setTimeout(resolve, delayMilliseconds));
      return;
    }
    process.kill(process.pid, "SIGKILL");
    await new Promise(() => {}); // the signal ends the process; nothing after this place may run
  };
}
