export interface BatchOptions {
  /** Most inputs of one batch. */
  readonly most?: number;
  /** Whether what failed may be tried again one by one; always, unless it says otherwise. */
  readonly isRepeatable?: (error: unknown) => boolean;
}

interface Waiting<Input, Output> {
  readonly input: Input;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers what is asked for while one batch is under way and works it off as the next: no timer, and the more there is
 * to do the larger the batches. `work` answers in the order of its inputs. A batch that fails is tried again one by
 * one, where it may be, so that a single bad input fails alone.
 */
export function createBatch<Input, Output>(
  work: (inputs: readonly Input[]) => Promise<readonly Output[]>,
  { most = 256, isRepeatable = () => true }: BatchOptions = {},
): (input: Input) => Promise<Output> {
  const waiting: Waiting<Input, Output>[] = [];
  let isWorking = false;

  async function run(batch: readonly Waiting<Input, Output>[]): Promise<void> {
    try {
      const outputs = await work(batch.map(({ input }) => input));
      for (const [index, { resolve }] of batch.entries()) resolve(outputs[index]!);
    } catch (error) {
      if (batch.length > 1 && isRepeatable(error)) for (const one of batch) await run([one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  async function drain(): Promise<void> {
    isWorking = true;
    await Promise.resolve(); // whatever is asked for in this turn comes along
    while (waiting.length > 0) await run(waiting.splice(0, most));
    isWorking = false;
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (!isWorking) void drain();
    });
}
