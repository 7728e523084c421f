ALTER TABLE "session" ADD COLUMN "issuer_id" uuid;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_issuer_id_issuer_id_fk" FOREIGN KEY ("issuer_id") REFERENCES "public"."issuer"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "session_issuer" ON "session" USING btree ("issuer_id");--> statement-breakpoint
UPDATE "session" SET "issuer_id" = "issuer"."id" FROM "issuer" WHERE split_part("session"."external_key", ':', 1) = "issuer"."id"::text;
