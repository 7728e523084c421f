import type { ComponentChildren } from "preact";

function Icon({ children, turns = false }: { children: ComponentChildren; turns?: boolean }) {
  return (
    <svg class="icon" data-turns={turns} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const line = (d: string) => () => (
  <Icon>
    <path d={d} />
  </Icon>
);

/** An arrow that points along the line, whichever way that runs. */
const arrow = (d: string) => () => (
  <Icon turns>
    <path d={d} />
  </Icon>
);

export const BackIcon = line("M14.5 5.5 8 12l6.5 6.5");
export const ClockIcon = line("M12 4.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15ZM12 8v4.2l2.8 1.8");
export const CloseIcon = line("M6.5 6.5l11 11m0-11-11 11");
export const CopyIcon = line("M9 9h10v10H9zM15 9V5H5v10h4");
export const DownIcon = line("M12 5v13m-5.5-5.5L12 18l5.5-5.5");
export const InfoIcon = line("M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 11v5.5M12 7.6v.1");
export const LinkIcon = line(
  "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
);
export const BookmarkIcon = line("M7 4.5h10v15l-5-4-5 4z");
export const ForwardIcon = arrow("M14.5 6l5 5-5 5M19 11h-8.5c-3.5 0-6 2.5-6 7");
export const HistoryIcon = line("M4.5 12a7.5 7.5 0 1 0 2.2-5.3L4.5 9M4.5 4.5V9H9M12 8v4.2l2.8 1.8");
export const PinIcon = line("M9 4.5h6l-.8 6 2.8 3v1.5H7v-1.5l2.8-3zM12 15v5");
export const PlusIcon = line("M12 5.5v13M5.5 12h13");
export const SmileIcon = line(
  "M12 3.8a8.2 8.2 0 1 1 0 16.4 8.2 8.2 0 0 1 0-16.4ZM8.5 13.8c.8 1.4 2 2.2 3.5 2.2s2.7-.8 3.5-2.2M9.2 9.5v.2M14.8 9.5v.2",
);
export const ChainIcon = line("M6 4.5v7a4 4 0 0 0 4 4h8M6 8.5h12M14.5 12l3.5 3.5-3.5 3.5");
export const PeopleIcon = line(
  "M9 11.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM3.5 19c.3-3 2.4-4.7 5.5-4.7s5.2 1.7 5.5 4.7M16 5.6a3 3 0 0 1 0 5.6M17.5 14.6c1.8.6 2.8 2.1 3 4.4",
);
export const PencilIcon = line("M5 19l.8-3.8L16 5l3 3L8.8 18.2zM14 7l3 3");
export const ReplyIcon = arrow("M9.5 6 4.5 11l5 5M5 11h8.5c3.5 0 6 2.5 6 7");
export const RetryIcon = line("M19 12a7 7 0 1 1-2.1-5M19 4v4.5h-4.5");
export const SendIcon = line("M4.5 12 20 4.5 15 19.5l-3.5-6zM11.5 13.5 20 4.5");
export const ShieldIcon = line("M12 3.5 19 6v5.5c0 4.2-2.8 7.3-7 9-4.2-1.7-7-4.8-7-9V6z");
export const TrashIcon = line("M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 10.5v5.5m3-5.5v5.5");
export const MutedIcon = line("M5 10v4h3l4 3.5v-11L8 10zM16 10l4 4m0-4-4 4");
export const CheckIcon = line("M5.5 12.5 10 17l8.5-9.5");
export const SearchIcon = line("M11 4.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM16 16l4 4");
export const FindIcon = line(
  "M4.5 7h8M4.5 12h5M4.5 17h5M15 9.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM18 16.5l2.5 2.5",
);
export const ArchiveIcon = line("M4.5 5h15v4h-15zM6 9v10h12V9M10 12.5h4");
export const FolderIcon = line("M4.5 6.5h5.5l2 2.5h7.5v9.5h-15z");
export const InboxIcon = line(
  "M4.5 13 7 5.5h10l2.5 7.5v5.5h-15zM4.5 13H9c.3 1.6 1.5 2.5 3 2.5s2.7-.9 3-2.5h4.5",
);

export function MoreIcon() {
  return (
    <Icon>
      <path d="M6 12h.01M12 12h.01M18 12h.01" class="dots" />
    </Icon>
  );
}

/** Something that can be taken hold of and moved. */
export function GripIcon() {
  return (
    <Icon>
      <path d="M9.5 7h.01M14.5 7h.01M9.5 12h.01M14.5 12h.01M9.5 17h.01M14.5 17h.01" class="dots" />
    </Icon>
  );
}

/** The mark of Luciole: a firefly, seen from above, alight. */
export function Firefly() {
  return (
    <svg class="firefly" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <circle class="firefly-halo" cx="24" cy="32" r="14" />
      <path class="firefly-wing" d="M22.5 18C14 12.5 6.5 14 5 19.5c3 6.5 11 7.5 17 3.5z" />
      <path class="firefly-wing" d="M25.5 18c8.5-5.5 16-4 17.5 1.5-3 6.5-11 7.5-17 3.5z" />
      <path
        class="firefly-body"
        d="M24 9.5c2.6 0 4.3 2 4.3 4.6 0 1.3-.4 2.5-1 3.4h-6.6c-.6-.9-1-2.1-1-3.4 0-2.6 1.7-4.6 4.3-4.6Z"
      />
      <path class="firefly-body" d="M21.5 10 19 5.5M26.5 10 29 5.5" />
      <path
        class="firefly-light"
        d="M19.5 19.5h9c1 3 1.5 5.5 1.5 8.5 0 5.5-2.5 10.5-6 10.5s-6-5-6-10.5c0-3 .5-5.5 1.5-8.5Z"
      />
    </svg>
  );
}
