/** The shop of the campaign, which is copied beside the program in this file's place. */
export { shopIn } from "../../../campaigns/generations/shop";
