ALTER TABLE "message" ADD COLUMN "pin_withheld_from" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "reaction" ADD COLUMN "withheld_from" uuid[] DEFAULT '{}' NOT NULL;