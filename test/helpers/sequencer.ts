import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Where the files are that take long, the longest first: begun last, one of them would run alone at the end. */
const slow = [
  "test/e2e/killed",
  "src/main.test",
  "test/e2e/",
  "src/domain/groups/removal",
  "src/cli.test",
  "test/browser/",
  "src/db/embedded/",
];

/** Begins with the slow files, also where no earlier run has measured them. */
export class SlowFirst extends BaseSequencer {
  /** @inheritdoc */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const index = slow.findIndex((place) => moduleId.includes(`/${place}`));
  return index < 0 ? slow.length : index;
}
