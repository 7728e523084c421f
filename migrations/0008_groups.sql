CREATE TABLE "draft" (
	"person_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"text" text,
	"in_reply_to" uuid,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"number" bigint NOT NULL,
	CONSTRAINT "draft_person_id_conversation_id_pk" PRIMARY KEY("person_id","conversation_id")
);
--> statement-breakpoint
CREATE TABLE "folder" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"name" text NOT NULL,
	"rank" integer NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	"number" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "former_member" (
	"conversation_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"role" text NOT NULL,
	"state" text NOT NULL,
	"history_after" bigint NOT NULL,
	"history_until" bigint NOT NULL,
	"read_position" bigint NOT NULL,
	"title" text,
	"left_revision" bigint NOT NULL,
	"joined_revision" bigint NOT NULL,
	"left_at" timestamp (3) with time zone NOT NULL,
	"forgotten_at" timestamp (3) with time zone,
	"archived_at" timestamp (3) with time zone,
	"folder_ids" uuid[] DEFAULT '{}' NOT NULL,
	"number" bigint DEFAULT 0 NOT NULL,
	"rank" integer NOT NULL,
	CONSTRAINT "former_member_conversation_id_person_id_pk" PRIMARY KEY("conversation_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "invitation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"conversation_id" uuid,
	"person_id" uuid NOT NULL,
	"inviter_id" uuid NOT NULL,
	"state" text NOT NULL,
	"uri" text,
	"activity_id" uuid,
	"room_uri" text,
	"title" text,
	"keeper_id" uuid,
	"number" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "invitation_uri_unique" UNIQUE("uri")
);
--> statement-breakpoint
CREATE TABLE "invite_link" (
	"id" uuid PRIMARY KEY NOT NULL,
	"conversation_id" uuid NOT NULL,
	"code" text NOT NULL,
	"created_by" uuid NOT NULL,
	"uses" integer,
	"used" integer DEFAULT 0 NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"approval" boolean DEFAULT false NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "invite_link_code_unique" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "join_request" (
	"conversation_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"link_id" uuid,
	"uri" text,
	"state" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "join_request_conversation_id_person_id_pk" PRIMARY KEY("conversation_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "log_entry" (
	"conversation_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"epoch" bigint NOT NULL,
	"uri" text,
	"digest" text,
	"decision" jsonb,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"message_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "log_entry_conversation_id_seq_pk" PRIMARY KEY("conversation_id","seq")
);
--> statement-breakpoint
CREATE TABLE "picture" (
	"id" uuid PRIMARY KEY NOT NULL,
	"url" text,
	"image" "bytea",
	"media_type" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "picture_id" uuid;--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "permissions" jsonb;--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "history" text DEFAULT 'joined' NOT NULL;--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "state" text DEFAULT 'open' NOT NULL;--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "chat_epoch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "keeper_id" uuid;--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "log_seq" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "expire_after" integer;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "pinned_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "archived_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "mute" text;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "mute_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "marked_unread" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "folder_ids" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "joined_revision" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "joined_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "activity" ADD COLUMN "detail" jsonb;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "notice" jsonb;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "seq" bigint;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "chat_epoch" bigint;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "late" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "omitted" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "also_to" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "vouched" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "draft" ADD CONSTRAINT "draft_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "draft" ADD CONSTRAINT "draft_conversation_id_conversation_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "folder" ADD CONSTRAINT "folder_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "former_member" ADD CONSTRAINT "former_member_conversation_id_conversation_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "former_member" ADD CONSTRAINT "former_member_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_conversation_id_conversation_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_inviter_id_person_id_fk" FOREIGN KEY ("inviter_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_keeper_id_person_id_fk" FOREIGN KEY ("keeper_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invite_link" ADD CONSTRAINT "invite_link_conversation_id_conversation_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invite_link" ADD CONSTRAINT "invite_link_created_by_person_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "join_request" ADD CONSTRAINT "join_request_conversation_id_conversation_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "join_request" ADD CONSTRAINT "join_request_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "join_request" ADD CONSTRAINT "join_request_link_id_invite_link_id_fk" FOREIGN KEY ("link_id") REFERENCES "public"."invite_link"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_entry" ADD CONSTRAINT "log_entry_conversation_id_conversation_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "draft_number" ON "draft" USING btree ("person_id","number");--> statement-breakpoint
CREATE INDEX "folder_person" ON "folder" USING btree ("person_id","number");--> statement-breakpoint
CREATE INDEX "former_member_person" ON "former_member" USING btree ("person_id","number");--> statement-breakpoint
CREATE INDEX "invitation_person" ON "invitation" USING btree ("person_id","number");--> statement-breakpoint
CREATE INDEX "invitation_conversation" ON "invitation" USING btree ("conversation_id","state");--> statement-breakpoint
CREATE INDEX "invite_link_conversation" ON "invite_link" USING btree ("conversation_id");--> statement-breakpoint
CREATE INDEX "log_entry_uri" ON "log_entry" USING btree ("conversation_id","uri");--> statement-breakpoint
CREATE INDEX "log_entry_due" ON "log_entry" USING btree ("next_attempt_at") WHERE "log_entry"."next_attempt_at" is not null;--> statement-breakpoint
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_picture_id_picture_id_fk" FOREIGN KEY ("picture_id") REFERENCES "public"."picture"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_keeper_id_person_id_fk" FOREIGN KEY ("keeper_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "message_expiry" ON "message" USING btree ("expires_at") WHERE "message"."expires_at" is not null;--> statement-breakpoint
CREATE VIEW "public"."reader" AS (
  select conversation_id, person_id, role, state, history_after, null::bigint as history_until, read_position,
    shown_position, receipts, typing, presence, pinned_at, archived_at, mute, mute_until, marked_unread, folder_ids,
    number, joined_revision, null::text as left_title, null::bigint as left_revision,
    null::timestamptz(3) as left_at
  from member
  union all
  select conversation_id, person_id, role, state, history_after, history_until, read_position,
    0::bigint, null::boolean, null::boolean, null::boolean, null::timestamptz(3), archived_at, null::text,
    null::timestamptz(3), false, folder_ids, number, joined_revision, title, left_revision, left_at
  from former_member where forgotten_at is null);