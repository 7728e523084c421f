CREATE TABLE "server_rule" (
	"host" text PRIMARY KEY NOT NULL,
	"level" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "custom_emoji" (
	"id" uuid PRIMARY KEY NOT NULL,
	"host" text,
	"shortcode" text NOT NULL,
	"url" text,
	"image" "bytea",
	"media_type" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"fetched_at" timestamp (3) with time zone,
	CONSTRAINT "custom_emoji_name" UNIQUE NULLS NOT DISTINCT("host","shortcode")
);
--> statement-breakpoint
CREATE TABLE "reaction" (
	"message_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"emoji" text NOT NULL,
	"custom_emoji_id" uuid,
	"uri" text,
	"activity_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "reaction_message_id_person_id_emoji_pk" PRIMARY KEY("message_id","person_id","emoji"),
	CONSTRAINT "reaction_uri_unique" UNIQUE("uri")
);
--> statement-breakpoint
CREATE TABLE "saved_message" (
	"person_id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"saved_at" timestamp (3) with time zone,
	"number" bigint NOT NULL,
	CONSTRAINT "saved_message_person_id_message_id_pk" PRIMARY KEY("person_id","message_id")
);
--> statement-breakpoint
CREATE TABLE "preference" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"receipts" boolean DEFAULT true NOT NULL,
	"typing" boolean DEFAULT true NOT NULL,
	"presence" boolean DEFAULT true NOT NULL,
	"invisible" boolean DEFAULT false NOT NULL,
	"status_text" text,
	"status_until" timestamp (3) with time zone,
	"number" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "relation" (
	"person_id" uuid NOT NULL,
	"other_id" uuid NOT NULL,
	"block" text,
	"block_uri" text,
	"muted_at" timestamp (3) with time zone,
	"muted_until" timestamp (3) with time zone,
	"number" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "relation_person_id_other_id_pk" PRIMARY KEY("person_id","other_id")
);
--> statement-breakpoint
ALTER TABLE "lane" DROP CONSTRAINT "lane_conversation_id_conversation_id_fk";
--> statement-breakpoint
ALTER TABLE "activity" ALTER COLUMN "conversation_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "activity" ALTER COLUMN "message_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "activity" ALTER COLUMN "version" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "delivery" ALTER COLUMN "message_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "shown_position" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "receipts" boolean;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "typing" boolean;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "presence" boolean;--> statement-breakpoint
ALTER TABLE "activity" ADD COLUMN "audience" uuid[];--> statement-breakpoint
ALTER TABLE "activity" ADD COLUMN "other_id" uuid;--> statement-breakpoint
ALTER TABLE "activity" ADD COLUMN "undoes" uuid;--> statement-breakpoint
ALTER TABLE "activity" ADD COLUMN "emoji" text;--> statement-breakpoint
ALTER TABLE "activity" ADD COLUMN "quoted_body" text;--> statement-breakpoint
ALTER TABLE "peer" ADD COLUMN "software" text;--> statement-breakpoint
ALTER TABLE "peer" ADD COLUMN "software_version" text;--> statement-breakpoint
ALTER TABLE "peer" ADD COLUMN "asked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "peer" ADD COLUMN "signatures" text;--> statement-breakpoint
ALTER TABLE "peer" ADD COLUMN "trusted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "mentions" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "withheld_from" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "form" text DEFAULT 'Note' NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "forwarded" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "pinned_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "pinned_by" uuid;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "former_handle" text;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "renamed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "moved_to" uuid;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "moved_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "signals" text;--> statement-breakpoint
ALTER TABLE "reaction" ADD CONSTRAINT "reaction_message_id_message_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."message"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reaction" ADD CONSTRAINT "reaction_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reaction" ADD CONSTRAINT "reaction_custom_emoji_id_custom_emoji_id_fk" FOREIGN KEY ("custom_emoji_id") REFERENCES "public"."custom_emoji"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_message" ADD CONSTRAINT "saved_message_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_message" ADD CONSTRAINT "saved_message_message_id_message_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."message"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_message" ADD CONSTRAINT "saved_message_conversation_id_conversation_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "preference" ADD CONSTRAINT "preference_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "relation" ADD CONSTRAINT "relation_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "relation" ADD CONSTRAINT "relation_other_id_person_id_fk" FOREIGN KEY ("other_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "saved_message_number" ON "saved_message" USING btree ("person_id","number");--> statement-breakpoint
CREATE INDEX "saved_message_at" ON "saved_message" USING btree ("person_id","saved_at");--> statement-breakpoint
CREATE INDEX "relation_number" ON "relation" USING btree ("person_id","number");--> statement-breakpoint
CREATE INDEX "relation_other" ON "relation" USING btree ("other_id");--> statement-breakpoint
ALTER TABLE "activity" ADD CONSTRAINT "activity_other_id_person_id_fk" FOREIGN KEY ("other_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "message_pinned" ON "message" USING btree ("conversation_id","pinned_at") WHERE "message"."pinned_at" is not null;