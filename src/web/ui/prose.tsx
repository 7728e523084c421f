import { findMentioned } from "#lib/mention.ts";
import { type Block, parseMarkdown } from "#lib/markdown.ts";
import { type Inline, type Mention, nameOf } from "#lib/markdown-inline.ts";
import { type ComponentChildren, createContext, Fragment } from "preact";
import { useContext, useMemo } from "preact/hooks";
import { personOf } from "../domain/people.ts";
import { CodeBlock } from "./code-block.tsx";
import { useClient } from "./context.ts";

/** Where a text stands: it names people of this conversation, as its author calls them. */
interface Place {
  conversationId: string;
  authorId: string;
}

const PlaceContext = createContext<Place | null>(null);
const tags = { emphasis: "em", strong: "strong", strike: "del" } as const;

interface ProseProps extends Place {
  text: string;
  children: ComponentChildren;
}

/** What somebody typed, as nodes; `children` stand at the end of its last line. */
export function Prose({ text, conversationId, authorId, children }: ProseProps) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  const place = useMemo(() => ({ conversationId, authorId }), [conversationId, authorId]);
  const [first] = blocks;
  const isLine = blocks.length === 1 && first?.kind === "paragraph";
  return (
    <PlaceContext.Provider value={place}>
      {isLine ? (
        <Line stretches={first.children} />
      ) : (
        <Blocks blocks={blocks} dir="auto">
          {children}
        </Blocks>
      )}
      {isLine && children}
    </PlaceContext.Provider>
  );
}

interface BlocksProps {
  blocks: readonly Block[];
  /** What stands in something else has its direction: the sign of a quote is where the words begin. */
  dir?: "auto";
  children?: ComponentChildren;
}

function Blocks({ blocks, dir, children }: BlocksProps) {
  const ends = blocks.at(-1)?.kind === "paragraph" && children !== undefined;
  return (
    <div class="prose">
      {blocks.map((block, index) => (
        <BlockNode key={index} block={block} dir={dir}>
          {ends && index === blocks.length - 1 && children}
        </BlockNode>
      ))}
      {!ends && children}
    </div>
  );
}

interface BlockProps {
  block: Block;
  dir: "auto" | undefined;
  children: ComponentChildren;
}

function BlockNode({ block, dir, children }: BlockProps) {
  if (block.kind === "code") return <CodeBlock language={block.language} text={block.text} />;
  if (block.kind === "paragraph") {
    return (
      <p dir={dir}>
        <Line stretches={block.children} />
        {children}
      </p>
    );
  }
  if (block.kind === "quote") {
    return (
      <blockquote dir={dir}>
        <Blocks blocks={block.children} />
      </blockquote>
    );
  }
  const items = block.items.map((item, index) => (
    <li key={index}>
      <Blocks blocks={item} />
    </li>
  ));
  return block.start === null ? (
    <ul dir={dir}>{items}</ul>
  ) : (
    <ol dir={dir} start={block.start}>
      {items}
    </ol>
  );
}

function Line({ stretches }: { stretches: readonly Inline[] }) {
  return (
    <>
      {stretches.map((stretch, index) => (
        <Stretch key={index} stretch={stretch} />
      ))}
    </>
  );
}

function Stretch({ stretch }: { stretch: Inline }) {
  switch (stretch.kind) {
    case "text":
      return <Fragment>{stretch.text}</Fragment>;
    case "break":
      return <Fragment>{"\n"}</Fragment>;
    case "code":
      return <code dir="ltr">{stretch.text}</code>;
    case "mention":
      return <MentionNode mention={stretch} />;
    case "link":
      // The title says where it leads, whatever its words say.
      return (
        <a href={stretch.href} title={stretch.href} target="_blank" rel="noopener noreferrer nofollow ugc">
          <Line stretches={stretch.children} />
        </a>
      );
    default: {
      const Tag = tags[stretch.kind];
      return (
        <Tag>
          <Line stretches={stretch.children} />
        </Tag>
      );
    }
  }
}

/** Only somebody who is here is marked: others who are named have not heard of it. */
function MentionNode({ mention }: { mention: Mention }) {
  const { store } = useClient();
  const place = useContext(PlaceContext);
  const { me, conversations } = store.state.value;
  const conversation = place === null ? undefined : conversations[place.conversationId]?.conversation;
  const people = conversation?.members.map(({ person }) => person) ?? [];
  const author =
    place === null || conversation === undefined ? undefined : personOf(conversation, place.authorId);
  const ours = location.host;
  const person = findMentioned(mention, people, { ours, author: author?.host ?? ours });
  if (person === undefined) return <bdi>{nameOf(mention)}</bdi>;
  return (
    <bdi class="mention" data-me={person.id === me} title={person.address}>
      {nameOf(mention)}
    </bdi>
  );
}
