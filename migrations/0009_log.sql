CREATE TABLE "replica" (
	"conversation_id" uuid PRIMARY KEY NOT NULL,
	"next_ask_at" timestamp (3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "unnumbered_activity" (
	"conversation_id" uuid NOT NULL,
	"uri" text NOT NULL,
	"digest" text NOT NULL,
	"message_id" uuid NOT NULL,
	CONSTRAINT "unnumbered_activity_conversation_id_uri_pk" PRIMARY KEY("conversation_id","uri")
);
--> statement-breakpoint
ALTER TABLE "log_entry" ADD COLUMN "revision" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "log_entry" ADD COLUMN "activity_id" uuid;--> statement-breakpoint
ALTER TABLE "replica" ADD CONSTRAINT "replica_conversation_id_conversation_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unnumbered_activity" ADD CONSTRAINT "unnumbered_activity_conversation_id_conversation_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "replica_due" ON "replica" USING btree ("next_ask_at");