"""One child's file (一人一档) on paper, and the sample of files for the yearly check."""
